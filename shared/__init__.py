"""The floor every service stands on: plumbing and the published language, no business."""
