"""What we claim, measured: ``make bench``.

Each part measures the product as it is installed and served, keeps its rows with command, date and machine under
``results/``, and fills its table in ``README.md``.
"""
