"""DynamoDB: tables and keys, rows and values, one conditional transaction per change. No decisions, no clock, never a scan."""
