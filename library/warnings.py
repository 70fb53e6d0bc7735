"""What an author should look at before sending a document in.

Pure: knows the template and no database.
"""
