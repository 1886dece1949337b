/**
 * The launcher as a Python program: the same orders and reports, line by line, as `launcher-program.ts`, at less than half
 * the cost. Python's `posix_spawn` starts a program without copying its own memory, as a shell does; other than a shell it
 * tells a signal from an exit code above 128, gives each step a session of its own, takes any bytes as they are, says
 * why a program can't be started, and hears while a step runs that the stage process has ended.
 *
 * What differs: it does not report pids. It keeps them in memory that the stage process has open (a `memfd`), so that no
 * step costs the two of them a message more, and what runs is known however the launcher dies (but for a step that it has
 * started and not yet written down).
 *
 * It tries itself before it says `ready`; where it can't (an old Python, another system), it ends without a word.
 */

/** Where systems keep their own Python: not looked up on PATH, where wrappers stand that take their time, or ask questions. */
export const PYTHON_PLACES = ['/usr/bin/python3', '/usr/libexec/platform-python', '/usr/local/bin/python3'];

/** Nothing of the user's is loaded: no site folder, no environment variables. */
export const PYTHON_FLAGS = ['-I', '-S', '-B', '-c'];

export const PYTHON_PROGRAM = String.raw`
import errno, json, os, select, signal

with open('/proc/self/environ', 'rb') as file:
    # As it was handed over: Python may have added a locale to its own.
    OWN = dict(pair.split(b'=', 1) for pair in file.read().split(b'\0') if b'=' in pair)
# Orders and reports: out of the way, so that steps find nothing to read as their own input.
ORDERS = os.dup(0)
REPORTS = os.dup(1)
NULL = os.open('/dev/null', os.O_RDONLY)
os.dup2(NULL, 0)
os.dup2(NULL, 1)
# Only the pipe tells it to end: signals meant for the terminal's group are the stage process's to answer.
for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(name, signal.SIG_IGN)
# Which a step would find ignored: those, Python's own, and what whoever started all this had ignored.
IGNORED = [number for number in signal.valid_signals() if signal.getsignal(number) == signal.SIG_IGN]
# What execvp looks over on PATH.
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV, errno.ETIMEDOUT)
# By pid: the step's number in the orders, and its place in the table.
steps = {}
pids = {}
reports = []
NOBODY = b'\0\0\0\0'


def raw(text):
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half a character: what Node makes of it.
        return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace').encode()


def report(line):
    reports.append(json.dumps(line).encode() + b'\n')


def tell():
    if reports:
        data = b''.join(reports)
        reports.clear()
        while data:
            data = data[os.write(REPORTS, data):]


class Table:
    """Who runs: a number a place, in memory that the stage process reads when this program has died."""

    def __init__(self):
        self.fd = os.memfd_create('slate-steps')
        self.free = []
        self.size = 0

    def take(self):
        """A place. It has its memory from then on: what has been started must not find none left."""
        if self.free:
            return self.free.pop()
        os.pwrite(self.fd, NOBODY, 4 * self.size)
        self.size += 1
        return self.size - 1

    def put(self, place, pid):
        os.pwrite(self.fd, pid.to_bytes(4, 'little'), 4 * place)

    def clear(self, place):
        os.pwrite(self.fd, NOBODY, 4 * place)
        self.free.append(place)


def execute(path, argv, env, files):
    return os.posix_spawn(
        path, argv, env, setsid=True, setsigmask=(), setsigdef=IGNORED, file_actions=files)


def to_log(log):
    return ((os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2))


def of_service(log):
    return (
        (os.POSIX_SPAWN_DUP2, 3, 0), (os.POSIX_SPAWN_DUP2, 4, 1), (os.POSIX_SPAWN_DUP2, log, 2),
        (os.POSIX_SPAWN_CLOSE, 3), (os.POSIX_SPAWN_CLOSE, 4))


def spawn(argv, env, files):
    file = argv[0]
    folders = [b''] if b'/' in file else env.get(b'PATH', b'/bin:/usr/bin').split(b':')
    denied = None
    for folder in folders:
        path = folder + b'/' + file if folder else file
        try:
            # Asked first: to try a start where nothing stands costs a process.
            if len(folders) > 1:
                os.stat(path)
            try:
                return execute(path, argv, env, files)
            except OSError as error:
                if error.errno != errno.ENOEXEC:
                    raise
            # A script without a first line that says whose.
            return execute(b'/bin/sh', [b'/bin/sh', path] + argv[1:], env, files)
        except OSError as error:
            if error.errno == errno.EACCES:
                denied = error
            elif error.errno not in ABSENT:
                raise
            last = error
    raise denied or last


def start(order):
    step = order['id']

    def fail(what, error):
        number = error.errno if isinstance(error, OSError) else 0
        name = errno.errorcode.get(number, 'EUNKNOWN') if number else 'ERR_INVALID_ARG_VALUE'
        report({'id': step, 'what': what, 'error': name, 'errno': -number})

    try:
        log = os.open(raw(order['log']), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except (OSError, ValueError) as error:
        fail('log', error)
        return
    try:
        os.chdir(raw(order['cwd']))
        argv = [raw(text) for text in [order['file'], *order['args']]]
        env = {**OWN, **{raw(name): raw(value) for name, value in order['env'].items()}}
        place = table.take()
        try:
            pid = spawn(argv, env, of_service(log) if order.get('service') else to_log(log))
        except (OSError, ValueError):
            table.free.append(place)
            raise
    except (OSError, ValueError) as error:
        fail('program', error)
        return
    finally:
        os.close(log)
    table.put(place, pid)
    steps[pid] = step, place
    pids[step] = pid
    if order.get('service'):
        # Who reads from it must see its end.
        os.close(3)
        os.close(4)
        report({'id': step, 'pid': pid})


def kill(pid, number):
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        # The group has ended by itself.
        pass
    except PermissionError as error:
        # It is another user's by now (sudo).
        try:
            os.write(2, b'launcher: kill %d: %s\n' % (pid, str(error).encode()))
        except OSError:
            # Nobody hears it any more: the others' groups are still to be ended.
            pass


def reap():
    while steps:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return
        pid = ended.si_pid
        # What the step left behind in its group; before its number can be anybody else's.
        kill(pid, signal.SIGKILL)
        step, place = steps.pop(pid)
        table.clear(place)
        del pids[step]
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            reports.append(b'{"id":%d,"code":null,"signal":%d}\n' % (step, os.WTERMSIG(status)))
        else:
            reports.append(b'{"id":%d,"code":%d,"signal":null}\n' % (step, os.WEXITSTATUS(status)))


def obey(order):
    if order['op'] == 'start':
        start(order)
    elif order['id'] in pids:
        kill(pids[order['id']], getattr(signal, order['signal']))


def works():
    try:
        _, status = os.waitpid(spawn([b'/bin/sh', b'-c', b'kill -9 $$; exit 137'], OWN, to_log(NULL)), 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and hasattr(os, 'memfd_create')
    except (OSError, AttributeError, NotImplementedError, TypeError):
        return False


def serve():
    ended, ending = os.pipe()
    os.set_blocking(ending, False)
    signal.set_wakeup_fd(ending, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    events = select.poll()
    events.register(ORDERS, select.POLLIN)
    events.register(ended, select.POLLIN)
    rest = b''
    while True:
        tell()
        for fd, _ in events.poll():
            if fd == ended:
                os.read(ended, 4096)
                reap()
                continue
            data = os.read(ORDERS, 65536)
            if not data:
                return
            *lines, rest = (rest + data).split(b'\n')
            for line in lines:
                obey(json.loads(line))


if works():
    table = Table()
    try:
        report({'ready': True, 'pids': '/proc/%d/fd/%d' % (os.getpid(), table.fd)})
        serve()
    except ConnectionError:
        # The stage process has ended, with something unread.
        pass
    finally:
        for pid in steps:
            kill(pid, signal.SIGKILL)
`;
