export function head(request) { return request.method; }
