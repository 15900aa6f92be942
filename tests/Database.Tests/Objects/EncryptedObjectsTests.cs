using System.Security.Cryptography;
using Database.Objects;
using FsCheck;
using FsCheck.Fluent;
using Testing;
using Xunit;

namespace Database.Tests.Objects;

public sealed class EncryptedObjectsTests
{
    private const string Asha = "acc_00000000000000000000000001";
    private const string Ravi = "acc_00000000000000000000000002";
    private static readonly MasterKey First = new("k1", RandomNumberGenerator.GetBytes(32));
    private static readonly MasterKey Second = new("k2", RandomNumberGenerator.GetBytes(32));

    [Theory, Engines]
    public async Task What_one_account_puts_only_that_account_opens(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var objects = new Shelf();
        var sealedObjects = Objects(database, objects, First);
        var content = RandomNumberGenerator.GetBytes(200_000);

        var stored = await sealedObjects.Put(Asha, "backups/a", new MemoryStream(content));
        await sealedObjects.Put(Ravi, "backups/r", new MemoryStream(content));

        Assert.Equal(new StoredObject(content.Length, Convert.ToHexStringLower(SHA256.HashData(content))), stored);
        Assert.Equal(content, await Read(sealedObjects, Asha, "backups/a"));
        await Assert.ThrowsAsync<ObjectDamagedException>(() => Read(sealedObjects, Ravi, "backups/a"));
        objects["backups/r"] = objects["backups/a"];
        await Assert.ThrowsAsync<ObjectDamagedException>(() => Read(sealedObjects, Ravi, "backups/r"));
        objects["backups/b"] = objects["backups/a"];
        await Assert.ThrowsAsync<ObjectDamagedException>(() => Read(sealedObjects, Asha, "backups/b"));
        await Assert.ThrowsAsync<ObjectMissingException>(() => Read(sealedObjects, Asha, "backups/none"));
    }

    [Theory, Engines]
    public async Task Two_processes_that_put_first_agree_on_one_key(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var objects = new Shelf();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            Objects(database, objects, First).Put(Asha, $"o/{i}", new MemoryStream([(byte)i])))));
        for (byte i = 0; i < 8; i++) Assert.Equal([i], await Read(Objects(database, objects, First), Asha, $"o/{i}"));
    }

    [Theory, Engines]
    public async Task A_new_master_key_takes_over_and_the_old_one_may_go(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var objects = new Shelf();
        await Objects(database, objects, First).Put(Asha, "old", new MemoryStream([1]));

        Assert.Equal([1], await Read(Objects(database, objects, Second, First), Asha, "old"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Read(Objects(database, objects, Second), Asha, "old"));
        Assert.Equal(1, await Keys(database, Second, First).Rewrap(CancellationToken.None));
        Assert.Equal(0, await Keys(database, Second, First).Rewrap(CancellationToken.None));

        Assert.Equal([1], await Read(Objects(database, objects, Second), Asha, "old"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Read(Objects(database, objects, First), Asha, "old"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Envelope.ChunkBytes - 1)]
    [InlineData(Envelope.ChunkBytes)]
    [InlineData(Envelope.ChunkBytes + 1)]
    [InlineData(3 * Envelope.ChunkBytes)]
    [InlineData((3 * Envelope.ChunkBytes) + 17)]
    public async Task Every_length_comes_back_and_nothing_of_it_is_legible(int length)
    {
        await using var database = await TestDatabase.Create();
        var objects = new Shelf();
        var content = new byte[length];
        Array.Fill(content, (byte)'A');
        await Objects(database, objects, First).Put(Asha, "o", new MemoryStream(content));
        Assert.Equal(content, await Read(Objects(database, objects, First), Asha, "o"));
        Assert.Equal(-1, objects["o"].AsSpan(Envelope.HeaderBytes).IndexOf("AAAA"u8));
    }

    [Fact]
    public async Task The_same_content_is_never_stored_the_same_way()
    {
        await using var database = await TestDatabase.Create();
        var objects = new Shelf();
        await Objects(database, objects, First).Put(Asha, "o", new MemoryStream(new byte[100]));
        var once = objects["o"];
        await Objects(database, objects, First).Put(Asha, "o", new MemoryStream(new byte[100]));
        Assert.NotEqual(once, objects["o"]);
    }

    /// <summary>Whatever is done to the stored bytes, the reader gets an error or, when nothing changed, the whole.</summary>
    [Fact]
    public async Task Damage_is_never_taken_for_an_object()
    {
        await using var database = await TestDatabase.Create();
        var objects = new Shelf();
        var encrypted = Objects(database, objects, First);
        var content = RandomNumberGenerator.GetBytes((3 * Envelope.ChunkBytes) + 1234);
        await encrypted.Put(Asha, "o", new MemoryStream(content));
        var whole = objects["o"];

        var property = Prop.ForAll(Damages(whole.Length).ToArbitrary(), damage =>
        {
            var changed = damage.Apply(whole);
            if (changed.AsSpan().SequenceEqual(whole)) return true;
            objects["o"] = changed;
            var plain = new MemoryStream();
            var refused = false;
            try
            {
                using var stream = encrypted.Open(Asha, "o").GetAwaiter().GetResult();
                stream.CopyTo(plain);
            }
            catch (ObjectDamagedException)
            {
                refused = true;
            }

            return refused && content.AsSpan().StartsWith(plain.ToArray());
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), property);
    }

    [Fact]
    public async Task Every_bit_of_a_small_object_counts()
    {
        await using var database = await TestDatabase.Create();
        var objects = new Shelf();
        var encrypted = Objects(database, objects, First);
        await encrypted.Put(Asha, "o", new MemoryStream([1, 2, 3, 4]));
        var whole = objects["o"];
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            objects["o"] = new Damage("flip", bit / 8, bit % 8, 0).Apply(whole);
            await Assert.ThrowsAsync<ObjectDamagedException>(() => Read(encrypted, Asha, "o"));
        }

        for (var length = 0; length < whole.Length; length++)
        {
            objects["o"] = whole[..length];
            await Assert.ThrowsAsync<ObjectDamagedException>(() => Read(encrypted, Asha, "o"));
        }
    }

    [Fact]
    public async Task A_stream_that_has_failed_once_does_not_go_on()
    {
        await using var database = await TestDatabase.Create();
        var objects = new Shelf();
        var encrypted = Objects(database, objects, First);
        await encrypted.Put(Asha, "o", new MemoryStream(new byte[2 * Envelope.ChunkBytes]));
        objects["o"] = new Damage("flip", Envelope.HeaderBytes + 5, 1, 0).Apply(objects["o"]);
        await using var stream = await encrypted.Open(Asha, "o");
        var buffer = new byte[10];
        await Assert.ThrowsAsync<ObjectDamagedException>(async () => await stream.ReadExactlyAsync(buffer));
        await Assert.ThrowsAsync<ObjectDamagedException>(async () => await stream.ReadExactlyAsync(buffer));
    }

    private static Gen<Damage> Damages(int length)
    {
        var offset = Gen.Choose(0, length - 1);
        return Gen.OneOf(
            from at in offset from bit in Gen.Choose(0, 7) select new Damage("flip", at, bit, 0),
            from at in offset select new Damage("cut", at, 0, 0),
            from chunk in Gen.Choose(0, 3) select new Damage("cut", Envelope.HeaderBytes + (chunk * Envelope.SealedChunkBytes), 0, 0),
            from at in offset from more in Gen.Choose(1, 70_000) select new Damage("insert", at, more, 0),
            from more in Gen.Choose(1, 70_000) select new Damage("append", 0, more, 0),
            from one in Gen.Choose(0, 3) from other in Gen.Choose(0, 3) select new Damage("swap", one, other, 0),
            from one in Gen.Choose(0, 3) from other in Gen.Choose(0, 3) select new Damage("double", one, other, 0),
            from at in offset from count in Gen.Choose(1, 70_000) from byteValue in Gen.Choose(0, 255)
            select new Damage("fill", at, count, byteValue));
    }

    private sealed record Damage(string Kind, int A, int B, int C)
    {
        public byte[] Apply(byte[] whole)
        {
            byte[] copy = [.. whole];
            switch (Kind)
            {
                case "flip":
                    copy[A] ^= (byte)(1 << B);
                    return copy;
                case "cut":
                    return whole[..A];
                case "insert":
                    return [.. whole[..A], .. new byte[B], .. whole[A..]];
                case "append":
                    return [.. whole, .. new byte[B]];
                case "fill":
                    copy.AsSpan(A, Math.Min(B, copy.Length - A)).Fill((byte)C);
                    return copy;
                case "swap":
                    return Chunks(whole, chunks => (chunks[A], chunks[B]) = (chunks[B], chunks[A]));
                default:
                    return Chunks(whole, chunks => chunks.Insert(A, chunks[B]));
            }
        }

        private static byte[] Chunks(byte[] whole, Action<List<byte[]>> change)
        {
            List<byte[]> chunks = [.. whole[Envelope.HeaderBytes..].Chunk(Envelope.SealedChunkBytes)];
            change(chunks);
            return [.. whole[..Envelope.HeaderBytes], .. chunks.SelectMany(chunk => chunk)];
        }
    }

    private static EncryptedObjects Objects(TestDatabase database, ObjectStore store, params MasterKey[] masters) =>
        new(store, Keys(database, masters));

    private static DataKeys Keys(TestDatabase database, params MasterKey[] masters) =>
        new(database.Db, new MasterKeys(masters), TimeProvider.System);

    private static async Task<byte[]> Read(EncryptedObjects objects, string account, string key)
    {
        await using var stream = await objects.Open(account, key);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>A store whose bytes a test can reach.</summary>
    private sealed class Shelf : ObjectStore
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> all = new();

        public byte[] this[string key]
        {
            get => all[key];
            set => all[key] = value;
        }

        public override async Task<StoredObject> Put(string key, Stream content, CancellationToken cancelled = default)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, cancelled);
            all[key] = copy.ToArray();
            return new StoredObject(copy.Length, "");
        }

        public override Task<Stream> Open(string key, CancellationToken cancelled = default) =>
            all.TryGetValue(key, out var bytes) ? Task.FromResult<Stream>(new MemoryStream(bytes)) : throw new ObjectMissingException(key);

        public override Task Delete(string key, CancellationToken cancelled = default)
        {
            all.TryRemove(key, out _);
            return Task.CompletedTask;
        }

        public override async IAsyncEnumerable<ListedObject> List(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancelled = default)
        {
            await Task.CompletedTask;
            foreach (var (key, bytes) in all.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))) yield return new ListedObject(key, bytes.Length);
        }
    }
}
