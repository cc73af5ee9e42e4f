"""What reports of any kind share: how their formats escape text, name places and are asked for.

What a report says is for its own package; nothing here knows a verdict or a finding.
"""
