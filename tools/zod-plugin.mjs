// Leaves out of a bundle zod's messages in fifty languages: they are a seventh of it, every start reads it whole, and faults
// are told in the program's own words. English, which zod asks for by itself, stays.

export const zodPlugin = {
  name: 'zod',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export {};',
      loader: 'js',
    }));
  },
};
