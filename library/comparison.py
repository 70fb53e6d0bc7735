"""What differs between two documents, field by field, with the words marked.

Pure: knows the template and no database.
"""
