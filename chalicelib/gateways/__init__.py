"""What lies outside DynamoDB: clock, queues, mail, devices. Thin, and replaced by configuration alone."""
