using Amazon.S3;
using Database.Objects;
using Testing;
using Xunit;

namespace Database.Tests.Objects;

/// <summary>The contract against a real Ceph RADOS Gateway, in both checksum modes.</summary>
public abstract class S3ObjectsContract(string checksums) : ObjectStoreContract
{
    private readonly string bucket = $"portal-{Guid.NewGuid():n}";
    private AmazonS3Client client = null!;
    private S3Objects? store;

    protected override async Task<ObjectStore> Start()
    {
        var ceph = Parts.RequireS3();
        client = new AmazonS3Client(ceph.AccessKey, ceph.SecretKey, new AmazonS3Config
        {
            ServiceURL = ceph.Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = ceph.Region,
        });
        await client.PutBucketAsync(bucket);
        return store = Fresh(TimeProvider.System);
    }

    protected override async Task End()
    {
        if (store is null) return;
        await foreach (var left in store.List("")) await store.Delete(left.Key);
        await client.DeleteBucketAsync(bucket);
        store.Dispose();
        client.Dispose();
    }

    [Fact]
    public async Task Parts_of_a_broken_upload_do_not_stay()
    {
        await Assert.ThrowsAsync<IOException>(() => store!.Put("broken", new Breaking()));
        Assert.Empty((await client.ListMultipartUploadsAsync(bucket)).MultipartUploads ?? []);
    }

    [Fact]
    public async Task Parts_that_a_killed_process_left_are_aborted_a_day_later()
    {
        await client.InitiateMultipartUploadAsync(bucket, "left/by/a/killed/process");
        using var today = Fresh(TimeProvider.System);
        await today.Put("first", new MemoryStream([1]));
        Assert.Single((await client.ListMultipartUploadsAsync(bucket)).MultipartUploads);

        using var tomorrow = Fresh(new Tomorrow());
        await tomorrow.Put("second", new MemoryStream([1]));
        Assert.Empty((await client.ListMultipartUploadsAsync(bucket)).MultipartUploads ?? []);
    }

    [Fact]
    public async Task The_hash_lies_beside_a_small_object_and_no_encoding_is_left_on_it()
    {
        var stored = await store!.Put("small", new MemoryStream([1, 2, 3]));
        var head = await client.GetObjectMetadataAsync(bucket, "small");
        Assert.Equal(stored.Sha256, head.Metadata["sha256"]);
        Assert.True(string.IsNullOrEmpty(head.Headers.ContentEncoding));
    }

    [Fact]
    public async Task A_listing_goes_on_past_its_first_page()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (var i = worker; i < 1050; i += 16) await store!.Put($"many/{i:0000}", new MemoryStream([1]));
        }));
        var found = 0;
        await foreach (var _ in store!.List("many/")) found++;
        Assert.Equal(1050, found);
    }

    private S3Objects Fresh(TimeProvider clock) => new(
        new ObjectsOptions
        {
            Kind = "s3",
            Endpoint = Parts.S3!.Endpoint.ToString(),
            Region = Parts.S3.Region,
            Bucket = bucket,
            AccessKey = Parts.S3.AccessKey,
            SecretKey = Parts.S3.SecretKey,
            Checksums = checksums,
            PartMib = 5,
        },
        clock);

    private sealed class Tomorrow : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(25);
    }

    private sealed class Breaking : ForwardStream
    {
        private int left = 200;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            left-- > 0 ? new(Math.Min(buffer.Length, 65_536)) : throw new IOException("the other side hung up");
    }
}

[Collection(nameof(MemoryIsMeasured))]
public sealed class S3ObjectsTests() : S3ObjectsContract("when_required");

[Collection(nameof(MemoryIsMeasured))]
public sealed class S3ObjectsWithSdkChecksumsTests() : S3ObjectsContract("when_supported");
