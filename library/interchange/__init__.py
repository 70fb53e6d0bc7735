"""Records in and out: the starter library, and in time imports, exports and harvesting."""
