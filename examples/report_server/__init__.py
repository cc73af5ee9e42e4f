"""A small real implementation of the saved reports export API: FastAPI over SQLite.

Written from the facts of the domain. It shares no code and no data with the mock server.
"""
