"""Networks that the program defines itself; every module in here loads torch."""
