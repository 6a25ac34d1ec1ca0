"""The API in words that programs read: an OpenAPI 3.1 document, made from the table of routes."""
