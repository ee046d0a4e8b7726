"""C++: its headers compiled as they are imported, its classes used and derived from in Lisp."""
