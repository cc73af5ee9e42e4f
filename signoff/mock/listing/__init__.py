"""Lists as a client asks for them: filtered, sorted, one page, with totals and links that agree."""
