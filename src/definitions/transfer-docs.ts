/** The keys of transfers and of sites. */
import { type KeyDoc, key } from './key-doc.ts';

export const TRANSFER_DOCS: readonly KeyDoc[] = [
  key(
    'stage',
    'transfer',
    'mapping',
    '-',
    'files that go to a site or come from it, in place of a command: docs/transfers.md',
  ),
  key('stage', 'transfer.site', 'name', undefined, 'a site of `sites.yaml`'),
  key(
    'stage',
    'transfer.upload',
    'template or list of templates',
    '-',
    'files and folders that are sent; this, download or remove',
  ),
  key('stage', 'transfer.to', 'template', '-', "the folder that they become, below the site's root; with upload"),
  key(
    'stage',
    'transfer.download',
    'template',
    '-',
    "a folder or file below the site's root that becomes the products",
  ),
  key('stage', 'transfer.remove', 'template', '-', "a folder or file below the site's root that is removed"),
];

export const SITE_DOCS: readonly KeyDoc[] = [
  key('site', 'host', 'word', '-', 'the host, such as me@far.example'),
  key('site', 'root', 'path', undefined, 'a folder of the site that is there; nothing outside it is touched'),
  key('site', 'by', 'rsync, cp, scp or shiftc', 'rsync with a host, else cp', 'the tool that transfers'),
  key(
    'site',
    'run',
    'list of templates',
    'ssh with a host, else nothing',
    'words before a command that is to run on the site',
  ),
  key('site', 'upload', 'list of templates', "the tool's", 'the command that sends'),
  key('site', 'download', 'list of templates', "the tool's", 'the command that fetches'),
  key('site', 'resumes', 'true or false', "the tool's", 'it goes on where a file ends that was sent in part'),
  key('site', 'timeout', 'duration', '1h', 'a command that takes longer is ended, and has stalled'),
  key(
    'site',
    'limits',
    'list, or mapping of numbers',
    '[]',
    'limits of the pipeline that each transfer takes a place of',
  ),
  key('site', 'limits.*', '1 to 1000', '1', 'how many places'),
];
