"""Diagnostics as people and programs read them: `render` takes findings and rule text, gives one text."""
