"""The door: receipts that were refused or set aside, each waiting to be admitted or dismissed."""
