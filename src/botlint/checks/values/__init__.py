"""Values that are carried from one end of a program to the other: ids, above all."""
