"""What a complaint is and how its record is judged; knows no driver, no file, no clock."""
