"""What every row needs: data, processes, a clock, and a table."""
