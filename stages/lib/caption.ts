import type { Header } from './fits-header.ts';

/** Lines under a picture: target, instrument with exposure time, date, dataset; what the headers do not tell is left out. */
export function captionOf(dataset: string, primary: Header, sci: Header): string[] {
  const text = (...keywords: string[]) =>
    keywords
      .map((keyword) => primary.text(keyword) ?? sci.text(keyword) ?? '')
      .filter((each) => each !== '' && !/^CLEAR/.test(each));
  const seconds = primary.number('EXPTIME', sci.number('EXPTIME', Number.NaN));
  const exposure = Number.isFinite(seconds) ? [`${seconds} s`] : [];
  return [
    text('TARGNAME')[0] ?? dataset,
    [...text('TELESCOP', 'INSTRUME', 'DETECTOR', 'FILTER1', 'FILTER2'), ...exposure].join(' '),
    text('DATE-OBS', 'TIME-OBS').join(' '),
    dataset,
  ].filter((line) => line !== '');
}
