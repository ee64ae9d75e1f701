/** S3 with buckets and their settings. */
export class FakeS3 {
  /** The value of each setting by its query parameter: `versioning`, `policy`. */
  readonly buckets = new Map<string, Map<string, string>>();

  answer(method: string, url: string, body: string): { status: number; type: string; body: string } {
    const { pathname, searchParams } = new URL(url, 'http://fake');
    const [, name = ''] = pathname.split('/');
    const [setting] = [...searchParams.keys()].filter((key) => key !== 'x-id');
    const bucket = this.buckets.get(name);
    const xml = (status: number, text = '') => ({ status, type: 'application/xml', body: text });
    if (method === 'PUT' && setting === undefined) {
      this.buckets.set(name, new Map([['create', body]]));
      return xml(200);
    }
    if (bucket === undefined) return xml(404);
    if (setting === undefined) return xml(200);
    if (method === 'PUT') bucket.set(setting, body);
    return xml(200, method === 'GET' ? (bucket.get(setting) ?? '<VersioningConfiguration/>') : '');
  }
}
