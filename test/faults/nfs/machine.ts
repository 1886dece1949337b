/**
 * A virtual machine, and a shell in it: `run` has a script executed by the guest and gives what it said. `cut` is a power cut:
 * nothing of the guest's memory survives.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';

export interface Setup {
  readonly name: string;
  /** Kernel, what it starts with, and the root. */
  readonly guests: string;
  /** The disk with what is tested. */
  readonly tested: string;
  /** For sockets and the console's text. */
  readonly work: string;
  readonly accelerator: Accelerator;
  readonly megabytes: number;
  /** Of each network card, with the ids net0, net1 … */
  readonly netdevs: readonly string[];
  /** QEMU's arguments for further disks. */
  readonly disks: readonly string[];
  /** How far its clock is ahead. */
  readonly aheadSeconds: number;
  /** Lines that its programs tell. */
  readonly onTold: (line: string) => void;
}

export interface Accelerator {
  readonly name: 'kvm' | 'tcg';
  /** How many times longer everything may take. */
  readonly patience: number;
}

export interface Answer {
  readonly code: number;
  readonly said: string;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function qemuArguments(accelerator: Accelerator['name'], guests: string, append: string): string[] {
  const cpu = accelerator === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg', '-cpu', 'max'];
  const kernel = ['-kernel', `${guests}/vmlinuz`, '-initrd', `${guests}/initrd`];
  const words = `console=ttyS0 quiet panic=-1 no_timer_check mitigations=off net.ifnames=0 ${append}`.trim();
  return [...cpu, ...kernel, '-append', words, '-smp', '1', '-nodefaults', '-display', 'none', '-no-reboot'];
}

/** Ends with this process, however that ends. */
export function startQemu(args: readonly string[]): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export class Machine {
  readonly name: string;
  readonly #setup: Setup;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<string>;
  #shell: net.Socket | undefined;
  #number = 0;

  private constructor(setup: Setup, child: ChildProcess) {
    this.name = setup.name;
    this.#setup = setup;
    this.#child = child;
    this.#ended = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  }

  static async boot(setup: Setup): Promise<Machine> {
    const { name, guests, work, accelerator, aheadSeconds } = setup;
    const shell = await listen(`${work}/${name}.shell`);
    const told = await listen(`${work}/${name}.told`);
    const clock = new Date(Date.now() + aheadSeconds * 1000).toISOString().slice(0, 19);
    const disk = (file: string, id: string): string[] => [
      ...['-blockdev', `driver=file,node-name=${id},filename=${file},read-only=on`],
      ...['-device', `virtio-blk-pci,drive=${id}`],
    ];
    const child = startQemu([
      ...qemuArguments(accelerator.name, guests, ''),
      ...['-m', String(setup.megabytes), '-rtc', `base=${clock}`],
      ...['-serial', `file:${work}/${name}.console`],
      ...['-chardev', `socket,id=shell,path=${work}/${name}.shell`, '-serial', 'chardev:shell'],
      ...['-chardev', `socket,id=told,path=${work}/${name}.told`, '-serial', 'chardev:told'],
      ...disk(`${guests}/root.img`, 'root'),
      ...disk(setup.tested, 'tested'),
      ...setup.disks,
      ...setup.netdevs.flatMap((netdev, card) => {
        const mac = `52:54:00:00:${hex(name.charCodeAt(0))}:${hex(card)}`;
        return ['-netdev', netdev, '-device', `virtio-net-pci,netdev=net${card},mac=${mac},romfile=`];
      }),
    ]);
    const machine = new Machine(setup, child);
    const ready = machine.#connect(shell, told, setup.onTold);
    await machine.#within(ready, 60, 'start');
    return machine;
  }

  /** @throws if the script ends with another code than 0, or takes too long */
  async run(script: string, seconds = 60): Promise<string> {
    const { code, said } = await this.ask(script, seconds);
    if (code !== 0) throw new Error(`${this.name}: ${script}\nended with ${code}: ${said}`);
    return said;
  }

  async ask(script: string, seconds = 60): Promise<Answer> {
    const number = ++this.#number;
    const answer = new Promise<Answer>((resolve) => this.#asked.set(number, resolve));
    this.#shell?.write(`${number} ${Buffer.from(script).toString('base64')}\n`);
    return this.#within(answer, seconds, script);
  }

  async cut(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #connect(shell: Listening, told: Listening, onTold: (line: string) => void): Promise<void> {
    this.#shell = await shell.socket;
    eachLine(await told.socket, onTold);
    const shellSocket = this.#shell;
    await new Promise<void>((resolve) => {
      eachLine(shellSocket, (line) => {
        if (line === 'ready') resolve();
        else this.#take(line);
      });
    });
  }

  #take(line: string): void {
    const [number, code, text = ''] = line.split(' ');
    const said = Buffer.from(text, 'base64').toString().trimEnd();
    this.#asked.get(Number(number))?.({ code: Number(code), said });
    this.#asked.delete(Number(number));
  }

  async #within<T>(wanted: Promise<T>, seconds: number, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = seconds * this.#setup.accelerator.patience;
    const fail = (why: string): Error => new Error(`${this.name}: ${what}: ${why}\n${this.#console()}`);
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(fail(`no answer within ${limit} s`)), limit * 1000);
    });
    const ended = this.#ended.then((how) => {
      throw fail(`the machine has ended (${how})`);
    });
    try {
      return await Promise.race([wanted, tooLong, ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The last that its kernel said. */
  #console(): string {
    const file = `${this.#setup.work}/${this.name}.console`;
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').slice(-2000) : '';
  }
}

const hex = (number: number): string => number.toString(16).padStart(2, '0');

/** Whole lines only: of what a killed guest was saying the rest was never said. */
function eachLine(socket: net.Socket, take: (line: string) => void): void {
  let rest = '';
  socket.on('data', (data) => {
    const lines = (rest + data.toString()).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

interface Listening {
  /** The first that connects. */
  readonly socket: Promise<net.Socket>;
}

async function listen(path: string): Promise<Listening> {
  fs.rmSync(path, { force: true });
  const server = net.createServer();
  const socket = once(server, 'connection').then(([first]: net.Socket[]) => {
    server.close();
    // A killed machine's end of it breaks; what was asked then ends with the machine.
    first?.on('error', () => first.destroy());
    return first as net.Socket;
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return { socket };
}
