/** `slate completion`: a script for the shell, which asks the hidden `slate __complete` for what may come next. */
import type { Command } from 'commander';
import { Argument } from 'commander';
import { act, type Run, subcommand } from '../command.ts';
import { candidates } from '../complete.ts';
import { EXIT } from '../exit.ts';

const BASH = `# bash completion of slate: put it into ~/.bashrc as  source <(slate completion bash)
_slate() {
  local line="\${COMP_LINE:0:COMP_POINT}" IFS=$' \\t\\n' words current cut
  read -ra words <<< "$line"
  current="\${line##*[[:space:]]}"
  # bash splits words at : and = as well: what stands before them is there already.
  cut="\${current%"\${current##*[:=]}"}"
  [[ -z "$current" ]] && words+=("")
  IFS=$'\\n'
  COMPREPLY=($("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null))
  [[ -n "$cut" ]] && COMPREPLY=("\${COMPREPLY[@]#"$cut"}")
  [[ "\${COMPREPLY[0]}" == *: ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o bashdefault -o default -F _slate slate
`;

const ZSH = `#compdef slate
# zsh completion of slate: put it into ~/.zshrc as  source <(slate completion zsh)
_slate() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  (( \${#found} )) && compadd -- "\${found[@]}" || _files
}
compdef _slate slate
`;

const FISH = `# fish completion of slate: put it into ~/.config/fish/config.fish as  slate completion fish | source
function __slate_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c slate -f -a '(__slate_complete)'
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export function registerCompletion(program: Command, run: Run): void {
  const command = subcommand(program, 'completion', 'print the completion script of a shell').addArgument(
    new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)),
  );
  act(command, run, async (session, [shell = '']) => {
    const script = SCRIPTS[shell] ?? '';
    if (session.json) session.out.json({ schemaVersion: 1, shell, script });
    else session.out.write(script);
    return EXIT.ok;
  });
  const hidden = program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .description('what may come next; used by the completion scripts');
  act(hidden, run, async (session, words) => {
    try {
      for (const word of candidates(program, words, session)) session.out.line(word);
    } catch (error) {
      // In the middle of a command line there is no place for a message; SLATE_DEBUG shows it.
      if ((session.world.env.SLATE_DEBUG ?? '') !== '') session.say(String(error));
    }
    return EXIT.ok;
  });
}
