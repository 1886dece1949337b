"""
Shows that a fault has really happened. Renames a file over and over, and links another one now and then, and compares what it
is told with what the folder says:

    witness NAME unanswered rename|link   it was told that the call has failed, and it is done: its answer was lost
    witness NAME undone N                 N renames that it was told of have been undone

    witness.py FOLDER NAME [--links]      until /run/stop is there
"""
import os
import sys
import time

folder, name = sys.argv[1:3]
has_links = '--links' in sys.argv
os.makedirs(folder, exist_ok=True)
for old in os.listdir(folder):
    os.unlink(os.path.join(folder, old))
line = os.open('/dev/ttyS2', os.O_WRONLY)


def path(file):
    return os.path.join(folder, str(file))


def tell(text):
    os.write(line, f'witness {name} {text}\n'.encode())


def link_once():
    try:
        os.link(path('linked'), path('link'))
    except FileExistsError:
        tell('unanswered link')
    try:
        os.unlink(path('link'))
    except FileNotFoundError:
        # Nobody else removes it: this answer was lost as well.
        tell('unanswered unlink')


for file in ('linked', 0):
    os.close(os.open(path(file), os.O_CREAT | os.O_WRONLY))
number = 0
while not os.path.exists('/run/stop'):
    try:
        os.rename(path(number), path(number + 1))
        number += 1
    except FileNotFoundError:
        [now] = [int(file) for file in os.listdir(folder) if file.isdigit()]
        if now == number + 1:
            tell('unanswered rename')
        elif now < number:
            tell(f'undone {number - now}')
        number = now
    if has_links and number % 4 == 0:
        link_once()
    time.sleep(0.1)
