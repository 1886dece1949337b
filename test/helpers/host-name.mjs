// Preloaded (`node --import`): the program, and what it starts, has the host name that SLATE_TEST_HOST says.
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const { SLATE_TEST_HOST: name = '' } = process.env;
if (name !== '') {
  os.hostname = () => name;
  syncBuiltinESMExports();
}
