"""What is written down from the contracts: the AsyncAPI document and the data dictionary."""
