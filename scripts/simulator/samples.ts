import type { MediaKind } from './content/business.ts';

interface Sample {
  readonly mime: string;
  readonly bytes: Buffer;
  readonly name?: string;
}

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;

/** The smallest file of each kind that programs recognise. */
export const SAMPLES: Readonly<Record<MediaKind, Sample>> = {
  image: { mime: 'image/jpeg', bytes: jpeg() },
  video: { mime: 'video/mp4', bytes: mp4() },
  audio: { mime: 'audio/ogg; codecs=opus', bytes: opus() },
  document: { mime: 'application/pdf', bytes: Buffer.from(PDF), name: 'a.pdf' },
  sticker: {
    mime: 'image/webp',
    bytes: Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64'),
  },
};

/** One grey pixel. */
function jpeg(): Buffer {
  const base64 =
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQ' +
    'CgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=';
  return Buffer.from(base64, 'base64');
}

/** The file type box (ISO/IEC 14496-12), without any frames. */
function mp4(): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(24);
  return Buffer.concat([size, Buffer.from('ftypisom\0\0\x02\0isommp42', 'latin1')]);
}

/** A first page of Ogg with the head of an Opus stream (RFC 7845), one channel. */
function opus(): Buffer {
  const head = Buffer.concat([
    Buffer.from('OpusHead', 'latin1'),
    Buffer.from([1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]),
  ]);
  const page = Buffer.alloc(28);
  page.write('OggS', 'latin1');
  page[5] = 2;
  page[26] = 1;
  page[27] = head.length;
  return Buffer.concat([page, head]);
}
