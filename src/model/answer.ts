/** What a person has to answer before entries change: the more entries, the more to type. Pure. */

/** Above this many, the number itself is to be typed. */
const TYPED_ABOVE = 20;

/** The answer that means yes. */
export function wantedAnswer(number: number): { hint: string; isYes: (answer: string) => boolean } {
  if (number > TYPED_ABOVE) {
    const ways = number % 1000 === 0 ? [String(number), `${number / 1000}k`] : [String(number)];
    return { hint: `type ${ways.join(' or ')} to go on`, isYes: (answer) => ways.includes(answer.trim()) };
  }
  return { hint: 'y/N', isYes: (answer) => /^y(es)?$/i.test(answer.trim()) };
}
