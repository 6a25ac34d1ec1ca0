"""Everything `tellus up` needs to run the whole suite on one machine."""
