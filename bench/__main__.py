"""`make bench`: every measurement, one line each."""

from bench import quiet

if __name__ == "__main__":
    quiet.main()
