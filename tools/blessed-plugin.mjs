// Bundles what src/tui/term/blessed.ts imports of blessed: its screen, and nothing of its thirty widgets. One of its files
// asks for the whole package, when it measures a tab character: we never let it measure anything.

const STUB = 'blessed-whole';

export const blessedPlugin = {
  name: 'blessed',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/$/ }, ({ importer }) =>
      /[\\/]blessed[\\/]lib[\\/]unicode\.js$/.test(importer) ? { path: STUB, namespace: STUB } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: STUB }, () => ({ contents: 'exports.screen = {};', loader: 'js' }));
  },
};
