/** KVM where a guest really starts with it: some hosts have /dev/kvm and can't run this kernel. */
import { once } from 'node:events';
import fs from 'node:fs';
import { type Accelerator, qemuArguments, startQemu } from './machine.ts';

const PROBE_SECONDS = 15;

export async function chooseAccelerator(guests: string, work: string): Promise<Accelerator> {
  const why = await faultOfKvm(guests, `${work}/probe.console`);
  if (why === undefined) return { name: 'kvm', patience: 1 };
  process.stderr.write(`without KVM (${why}): this takes several times as long\n`);
  return { name: 'tcg', patience: 8 };
}

/** Undefined: it works. */
async function faultOfKvm(guests: string, console: string): Promise<string | undefined> {
  try {
    fs.accessSync('/dev/kvm', fs.constants.R_OK | fs.constants.W_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no /dev/kvm' : '/dev/kvm may not be used';
  }
  const args = qemuArguments('kvm', guests, 'slate.probe');
  const child = startQemu([...args, '-m', '256', '-serial', `file:${console}`]);
  const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_SECONDS * 1000);
  await once(child, 'exit');
  clearTimeout(timer);
  const isUp = fs.existsSync(console) && fs.readFileSync(console, 'utf8').includes('slate-guest-is-up');
  return isUp ? undefined : `/dev/kvm is there, and a guest does not start within ${PROBE_SECONDS} s`;
}
