"""What other systems say of complaints, turned into facts; knows no file and no clock."""
