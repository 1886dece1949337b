import { describe, expect, it } from 'vitest';
import { directiveFaults } from '../../src/definitions/template-directives.ts';
import type { EngineKind } from '../../src/model/engine.ts';

const told = (kind: EngineKind, text: string): string[] =>
  directiveFaults(kind, { file: 't.sh', text }).map(
    ({ line, column, message }) =>
      `${line}:${column} ${/^'([^']*)' (has no effect|can't)/.exec(message)?.slice(1).join(' ')}`,
  );

describe('job files of Slurm', () => {
  it.each<[line: string, faults: string[]]>([
    ['#SBATCH --clusters=other', ["2:9 --clusters can't"]],
    ['#SBATCH -M other', ["2:9 -M can't"]],
    ['#SBATCH --qos=low -Mother', ["2:19 -M can't"]],
    ['#SBATCH --wait', ["2:9 --wait can't"]],
    ['#SBATCH -Q', ["2:9 -Q can't"]],
    ['#SBATCH --test-only', ["2:9 --test-only can't"]],
    ['#SBATCH --error=/tmp/e', ["2:9 --error can't"]],
    ['#SBATCH -e /tmp/e', ["2:9 -e can't"]],
    ['#SBATCH --array=0-9', ['2:9 --array has no effect']],
    ['#SBATCH -J mine', ['2:9 -J has no effect']],
    ['#SBATCH --job-name={{ name }}', ['2:9 --job-name has no effect']],
    ['#SBATCH --output=/tmp/%j --requeue', ['2:9 --output has no effect', '2:26 --requeue has no effect']],
    ['{% if partition %}#SBATCH -M {{ partition }}{% endif %}', ["2:27 -M can't"]],
    ['{# a word\nto the reader #}\n#SBATCH -M x', ["4:9 -M can't"]],
    ['\n# then\n\n#SBATCH -M x', ["5:9 -M can't"]],
    ['#SBATCH "--clusters=other"', ["2:9 --clusters can't"]],
    ["#SBATCH --qos=low '-M other'", ["2:19 -M can't"]],
    // These go.
    ['#SBATCH --comment "-M is not said"', []],
    ['#SBATCH --comment="-M" \'--qos=-M\'', []],
    ['#SBATCH --constraint=ib --licenses=idl:1 -A hst --comment="-M is not said"', []],
    ['#SBATCH --qos=low # not -M', []],
    ['# SBATCH -M x', []],
    ['##SBATCH -M x', []],
    ['#PBS -J 0-9', []],
    ['module load idl\n#SBATCH -M x', []],
    ['{{ run }}\n#SBATCH -M x', []],
  ])('%j', (line, faults) => expect(told('slurm', `#!/bin/sh\n${line}\n{{ run }}\n`)).toEqual(faults));
});

describe('job files of PBS', () => {
  it.each<[line: string, faults: string[]]>([
    ['#PBS -J 0-9', ["2:6 -J can't"]],
    ['#PBS -t 0-9', ["2:6 -t can't"]],
    ['#PBS -I', ["2:6 -I can't"]],
    ['#PBS -z', ["2:6 -z can't"]],
    ['#PBS -W umask=022,block=true', ["2:6 -W block can't"]],
    ['#PBS -l place=excl -N mine', ['2:20 -N has no effect']],
    ['#PBS -j oe -o /tmp/o', ['2:6 -j has no effect', '2:12 -o has no effect']],
    ['#PBS -e /tmp/e', ['2:6 -e has no effect']],
    ['#PBS -l place=excl -W umask=022 -q night', []],
    ['#SBATCH -M x', []],
  ])('%j', (line, faults) => expect(told('pbs', `#!/bin/sh\n${line}\n{{ run }}\n`)).toEqual(faults));
});

describe('the program of HTCondor’s jobs', () => {
  it.each<[text: string, isProgram: boolean]>([
    ['#!/bin/sh\n{{ run }}\n', true],
    ['{# of the pool #}\n#!/bin/sh\n{{ run }}\n', true],
    ['#!/bin/sh\n#SBATCH -M x\n#PBS -J 0-9\n{{ run }}\n', true],
    ['universe = vanilla\nexecutable = {{ run }}\nqueue 5\n', false],
    ['module load idl\n{{ run }}\n', false],
  ])('%j', (text, isProgram) => {
    const faults = directiveFaults('htcondor', { file: 't.sh', text });
    expect(faults.map(({ line, hint }) => [line, hint])).toEqual(
      isProgram ? [] : [[1, expect.stringContaining('submit description go into options')]],
    );
  });
});
