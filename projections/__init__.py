"""What is known: questions answered from admitted events by set-based SQL; knows no driver."""
