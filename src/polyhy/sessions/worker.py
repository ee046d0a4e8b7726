"""What a worker of multiprocessing runs first: its program again, with the env and the dialect.

A worker imports what the spec of `__main__` names, or else the file of `__main__` as Python: it
can't read Hy then, and knows nothing of the env that `polyhy run` made.
"""

import sys

from polyhy.sessions import program

if __name__ == "__mp_main__":
    program.run_again(sys.modules[__name__])
