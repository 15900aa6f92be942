using System.Security.Cryptography;
using Database.Objects;
using Testing;
using Xunit;

namespace Database.Tests.Objects;

/// <summary>What every object store does, asked of each kind on the real thing.</summary>
public abstract class ObjectStoreContract : IAsyncLifetime
{
    private const int MiB = 1024 * 1024;
    private ObjectStore store = null!;

    protected abstract Task<ObjectStore> Start();

    protected abstract Task End();

    public async ValueTask InitializeAsync() => store = await Start();

    public async ValueTask DisposeAsync()
    {
        await End();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5 * MiB)]
    [InlineData((5 * MiB) + 1)]
    [InlineData(12 * MiB)]
    public async Task What_was_put_comes_back_with_its_size_and_hash(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        var stored = await store.Put("backups/one.tar.gz", new OneWay(content));
        Assert.Equal(new StoredObject(bytes, Convert.ToHexStringLower(SHA256.HashData(content))), stored);
        Assert.Equal(content, await Read("backups/one.tar.gz"));
    }

    [Theory]
    [InlineData("चालान/2026-27/सर्वर १.pdf")]
    [InlineData("with blanks and + % ? # & = ~ signs")]
    [InlineData("😀/ஆவணம்")]
    public async Task Keys_are_in_any_script(string key)
    {
        await store.Put(key, new OneWay([1, 2, 3]));
        Assert.Equal([1, 2, 3], await Read(key));
        Assert.Equal([new ListedObject(key, 3)], await All(""));
        await store.Delete(key);
        Assert.Empty(await All(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".partial/x")]
    [InlineData("a/.hidden")]
    [InlineData("a\\b")]
    [InlineData("line\nbreak")]
    [InlineData("null\0byte")]
    public async Task A_key_that_leads_elsewhere_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => store.Put(key, new OneWay([1])));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Open(key));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Delete(key));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Put(new string('k', 901), new OneWay([1])));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Put("broken \ud800 unicode", new OneWay([1])));
    }

    [Fact]
    public async Task A_missing_object_is_told_apart_from_a_broken_store()
    {
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.Open("nobody/put/this"));
        await store.Delete("nobody/put/this");
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        await store.Put("a/b", new OneWay(new byte[6 * MiB]));
        await store.Put("a/b", new OneWay([7]));
        Assert.Equal([7], await Read("a/b"));
    }

    [Fact]
    public async Task A_reader_of_the_old_object_is_not_disturbed_by_the_new_one()
    {
        var old = RandomNumberGenerator.GetBytes(300_000);
        await store.Put("a/b", new OneWay(old));
        await using var reading = await store.Open("a/b");
        var begin = new byte[1000];
        await reading.ReadExactlyAsync(begin);
        await store.Put("a/b", new OneWay([7]));
        using var rest = new MemoryStream();
        await reading.CopyToAsync(rest);
        Assert.Equal(old, begin.Concat(rest.ToArray()));
    }

    [Fact]
    public async Task A_listing_holds_what_begins_with_the_prefix()
    {
        foreach (var key in (string[])["a/1", "a/2", "a/b/3", "ab", "b/1"]) await store.Put(key, new OneWay(new byte[key.Length]));
        Assert.Equal(["a/1", "a/2", "a/b/3"], (await All("a/")).Select(found => found.Key));
        Assert.Equal(["a/1", "a/2", "a/b/3", "ab"], (await All("a")).Select(found => found.Key));
        Assert.Equal([new ListedObject("a/b/3", 5)], await All("a/b/"));
        Assert.Empty(await All("c/"));
        Assert.Equal(5, (await All("")).Count);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(11 * MiB)]
    public async Task A_put_that_breaks_off_leaves_nothing_to_be_seen(int after)
    {
        await Assert.ThrowsAsync<IOException>(() => store.Put("broken/off", new OneWay(new byte[after]) { BreaksOff = true }));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.Open("broken/off"));
        Assert.Empty(await All(""));

        await store.Put("broken/off", new OneWay([9]));
        await Assert.ThrowsAsync<IOException>(() => store.Put("broken/off", new OneWay(new byte[after]) { BreaksOff = true }));
        Assert.Equal([9], await Read("broken/off"));
    }

    [Fact]
    public async Task A_put_that_is_cancelled_leaves_nothing_to_be_seen()
    {
        using var cancel = new CancellationTokenSource();
        var content = new OneWay(new byte[12 * MiB]) { OnRead = read => { if (read > 6 * MiB) cancel.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Put("cancelled", content, cancel.Token));
        Assert.Empty(await All(""));
    }

    [Fact]
    public async Task Of_puts_at_the_same_time_one_wins_whole()
    {
        var contents = Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(700_000)).ToList();
        await Task.WhenAll(contents.Select(content => Task.Run(() => store.Put("race/one", new OneWay(content)))));
        var won = await Read("race/one");
        Assert.Contains(contents, content => content.AsSpan().SequenceEqual(won));
    }

    [Fact]
    public async Task Puts_and_deletes_of_neighbours_do_not_meet()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 20; round++)
            {
                var key = $"shared/folder/{worker}";
                await store.Put(key, new OneWay([(byte)worker]));
                Assert.Equal([(byte)worker], await Read(key));
                await store.Delete(key);
            }
        })));
        Assert.Empty(await All(""));
    }

    [Fact]
    public async Task A_large_stream_of_unknown_length_passes_through_bounded_memory()
    {
        var bytes = (Parts.LongForm ? 220L : 70L) * MiB;
        await store.Put("warm/up", new OneWay(new byte[6 * MiB]));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var stored = await store.Put("large", new Endless(bytes, () => most = Math.Max(most, GC.GetTotalMemory(false))));
        Assert.Equal(bytes, stored.Bytes);
        Assert.InRange(most - before, long.MinValue, 40 * MiB);

        await using var reading = await store.Open("large");
        Assert.Equal(stored.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(reading)));
    }

    private async Task<byte[]> Read(string key)
    {
        await using var stream = await store.Open(key);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private async Task<List<ListedObject>> All(string prefix)
    {
        var found = new List<ListedObject>();
        await foreach (var one in store.List(prefix)) found.Add(one);
        return [.. found.OrderBy(one => one.Key, StringComparer.Ordinal)];
    }

    /// <summary>Unseekable, in uneven pieces, as a network stream comes.</summary>
    private sealed class OneWay(byte[] content) : ForwardStream
    {
        private int position;

        public bool BreaksOff { get; init; }

        public Action<int>? OnRead { get; init; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (position == content.Length && BreaksOff) throw new IOException("the other side hung up");
            var count = Math.Min(Math.Min(buffer.Length, 70_001), content.Length - position);
            content.AsMemory(position, count).CopyTo(buffer);
            position += count;
            OnRead?.Invoke(position);
            return new(count);
        }
    }

    private sealed class Endless(long bytes, Action onRead) : ForwardStream
    {
        private long left = bytes;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            var count = (int)Math.Min(buffer.Length, left);
            buffer.Span[..count].Fill((byte)left);
            left -= count;
            return new(count);
        }
    }
}
