using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Database.Objects;

/// <summary>
/// Objects in a bucket of an S3 service, path style. Streams of unknown length go up part by part through one buffer; the parts
/// become an object only when the last one is there.
/// </summary>
public sealed class S3Objects : ObjectStore, IDisposable
{
    private const string Hash = "sha256";
    private const int MostParts = 10_000;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private readonly AmazonS3Client client;
    private readonly string bucket;
    private readonly int partBytes;
    private readonly TimeProvider clock;
    private int swept;

    /// <summary>The store in the bucket that the options name.</summary>
    public S3Objects(ObjectsOptions options, TimeProvider clock)
    {
        bucket = options.Bucket;
        partBytes = options.PartMib * 1024 * 1024;
        this.clock = clock;
        var supported = options.Checksums == "when_supported";
        client = new Unchunked(options.AccessKey, options.SecretKey, new AmazonS3Config
        {
            ServiceURL = options.Endpoint,
            AuthenticationRegion = options.Region,
            ForcePathStyle = true,
            RequestChecksumCalculation = supported ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = supported ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    /// <inheritdoc/>
    public override async Task<StoredObject> Put(string key, Stream content, CancellationToken cancelled = default)
    {
        Check(key);
        await AbortAbandoned(cancelled);
        var buffer = GC.AllocateUninitializedArray<byte>(partBytes);
        var read = await content.ReadAtLeastAsync(buffer, partBytes, throwOnEndOfStream: false, cancelled);
        return read < partBytes ? await PutWhole(key, buffer, read, cancelled) : await PutParts(key, content, buffer, cancelled);
    }

    /// <inheritdoc/>
    public override async Task<Stream> Open(string key, CancellationToken cancelled = default)
    {
        Check(key);
        try
        {
            var response = await client.GetObjectAsync(bucket, key, cancelled);
            return response.ResponseStream;
        }
        catch (AmazonS3Exception missing) when (missing.ErrorCode == "NoSuchKey")
        {
            throw new ObjectMissingException(key);
        }
    }

    /// <inheritdoc/>
    public override async Task Delete(string key, CancellationToken cancelled = default)
    {
        Check(key);
        await client.DeleteObjectAsync(bucket, key, cancelled);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ListedObject> List(string prefix, [EnumeratorCancellation] CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        while (true)
        {
            var page = await client.ListObjectsV2Async(request, cancelled);
            foreach (var found in page.S3Objects ?? []) yield return new ListedObject(found.Key, found.Size ?? 0);
            if (page.IsTruncated != true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    private async Task<StoredObject> PutWhole(string key, byte[] buffer, int length, CancellationToken cancelled)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, length)));
        using var body = new MemoryStream(buffer, 0, length, writable: false);
        var request = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = body, AutoCloseStream = false };
        request.Metadata.Add(Hash, sha256);
        await client.PutObjectAsync(request, cancelled);
        return new StoredObject(length, sha256);
    }

    private async Task<StoredObject> PutParts(string key, Stream content, byte[] buffer, CancellationToken cancelled)
    {
        var upload = await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, cancelled);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var parts = new List<PartETag>();
            long bytes = 0;
            for (var read = buffer.Length; read > 0; read = await content.ReadAtLeastAsync(buffer, buffer.Length, false, cancelled))
            {
                if (parts.Count == MostParts)
                    throw new InvalidOperationException(
                        $"The object '{key}' has more than {MostParts} parts; raise Database:Objects:PartMib.");
                hash.AppendData(buffer, 0, read);
                bytes += read;
                parts.Add(await PutPart(upload, parts.Count + 1, buffer, read, cancelled));
            }

            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = parts }, cancelled);
            return new StoredObject(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (Exception)
        {
            await Abort(key, upload.UploadId);
            throw;
        }
    }

    private async Task<PartETag> PutPart(
        InitiateMultipartUploadResponse upload, int number, byte[] buffer, int length, CancellationToken cancelled)
    {
        using var body = new MemoryStream(buffer, 0, length, writable: false);
        var part = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = upload.Key,
                UploadId = upload.UploadId,
                PartNumber = number,
                PartSize = length,
                InputStream = body,
            },
            cancelled);
        return new PartETag(number, part.ETag);
    }

    // what this cannot reach stays invisible and is aborted a day later
    private async Task Abort(string key, string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, upload, CancellationToken.None);
        }
        catch (Exception unreachable) when (unreachable is AmazonServiceException or HttpRequestException or TaskCanceledException)
        {
            Interlocked.Exchange(ref swept, 0);
        }
    }

    private async Task AbortAbandoned(CancellationToken cancelled)
    {
        if (Interlocked.Exchange(ref swept, 1) == 1) return;
        var before = (clock.GetUtcNow() - Abandoned).UtcDateTime;
        var request = new ListMultipartUploadsRequest { BucketName = bucket };
        while (true)
        {
            var page = await client.ListMultipartUploadsAsync(request, cancelled);
            foreach (var old in (page.MultipartUploads ?? []).Where(upload => upload.Initiated < before))
                await client.AbortMultipartUploadAsync(bucket, old.Key, old.UploadId, cancelled);
            if (page.IsTruncated != true) return;
            request.KeyMarker = page.NextKeyMarker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // chunked uploads are refused by Ceph and stored with their signatures by some others; the payload stays signed
    private sealed class Unchunked(string key, string secret, AmazonS3Config config) : AmazonS3Client(key, secret, config)
    {
        public override Task<PutObjectResponse> PutObjectAsync(PutObjectRequest request, CancellationToken cancellationToken = default)
        {
            request.UseChunkEncoding = false;
            return base.PutObjectAsync(request, cancellationToken);
        }

        public override Task<UploadPartResponse> UploadPartAsync(UploadPartRequest request, CancellationToken cancellationToken = default)
        {
            request.UseChunkEncoding = false;
            return base.UploadPartAsync(request, cancellationToken);
        }
    }
}
