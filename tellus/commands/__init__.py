"""One file, one command: the file's name is the command's, and its `app` is what the command does."""
