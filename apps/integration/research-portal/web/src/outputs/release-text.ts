import { defineText } from '@samenhang/portal-web';

export const releaseText = defineText(
  {
    summary: 'Wat dit is en waar het vandaan komt',
    manifest: 'Manifest',
    permit: 'Vergunning',
    requester: 'Aanvrager',
    made: 'Gemaakt',
    released: 'Vrijgegeven',
    profile: 'Hoe het van namen is ontdaan',
    views: 'Weergaven (begin van SHA-256)',
    files: 'Bestanden',
    file: 'Bestand',
    bytes: 'Bytes',
    download: 'Haal op',
    names: { manifest: 'manifest', signature: 'handtekening', provenance: 'herkomst' },
  },
  {
    summary: 'What this is and where it comes from',
    manifest: 'Manifest',
    permit: 'Permit',
    requester: 'Requester',
    made: 'Made',
    released: 'Released',
    profile: 'How it was de-identified',
    views: 'Views (beginning of SHA-256)',
    files: 'Files',
    file: 'File',
    bytes: 'Bytes',
    download: 'Download',
    names: { manifest: 'manifest', signature: 'signature', provenance: 'provenance' },
  },
);
