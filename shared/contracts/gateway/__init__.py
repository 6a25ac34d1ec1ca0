"""The gateway, as its subscribers see it: it answers people over HTTP, and tells what they saw and were denied."""
