"""The lessons as data: one folder each, with a module for each exercise and one for the predictions."""
