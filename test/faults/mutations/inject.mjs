// Loaded before the command (`node --import`): does something to this very process at a chosen call to the disk.
//
//   SLATE_TEST_FAULTS='[{"op": "rename", "path": "/done/", "at": "before", "act": "stop"}]'
//
//   op     rename link unlink open: of node:fs, the synchronous call
//   path   a regular expression for the path; of rename and link, the new one
//   from   the same for the old one
//   at     before or after the call
//   act    stop: SIGSTOP. kill: SIGKILL. term: SIGTERM. lose: the call was done, and says ENOENT. ENOSPC: it says so
//
// Each is done once, one after the other where several are given for one call. The heartbeat's thread is left alone.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';

const SIGNALS = { stop: 'SIGSTOP', kill: 'SIGKILL', term: 'SIGTERM' };

function fail(code, syscall, path) {
  const errno = -constants.errno[code];
  throw Object.assign(new Error(`${code}: injected, ${syscall} '${path}'`), { code, errno, syscall, path });
}

const faults = isMainThread ? JSON.parse(process.env.SLATE_TEST_FAULTS ?? '[]') : [];

function isMeant({ op, path, from }, call, paths) {
  if (op !== call) return false;
  const target = String(paths.at(-1));
  return new RegExp(path).test(target) && (from === undefined || new RegExp(from).test(String(paths[0])));
}

function act(fault, paths) {
  faults.splice(faults.indexOf(fault), 1);
  if (fault.act in SIGNALS) process.kill(process.pid, SIGNALS[fault.act]);
  else fail(fault.act === 'lose' ? 'ENOENT' : fault.act, fault.op, paths.at(-1));
}

for (const [op, count] of Object.entries({ rename: 2, link: 2, unlink: 1, open: 1 })) {
  const name = `${op}Sync`;
  const real = fs[name];
  fs[name] = (...args) => {
    const paths = args.slice(0, count);
    const meant = faults.filter((fault) => isMeant(fault, op, paths));
    for (const fault of meant) if (fault.at === 'before') act(fault, paths);
    const result = real(...args);
    for (const fault of meant) if (fault.at === 'after') act(fault, paths);
    return result;
  };
}
syncBuiltinESMExports();
