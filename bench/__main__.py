"""`make bench`: every measurement, one line each."""

from bench import fanout, quiet

if __name__ == "__main__":
    quiet.main()
    fanout.main()
