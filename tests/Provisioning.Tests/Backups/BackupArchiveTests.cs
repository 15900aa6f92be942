using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Database.Objects;
using Provisioning.Backups;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class BackupArchiveTests
{
    [Fact]
    public async Task A_whole_archive_is_read_to_its_end()
    {
        var archive = await Archive();
        var found = await Read(archive);
        Assert.Equal(new StoredObject(archive.Length, Convert.ToHexStringLower(SHA256.HashData(archive))), found);
    }

    [Fact]
    public async Task An_archive_cut_anywhere_is_refused()
    {
        var archive = await Archive();
        for (var length = 0; length < archive.Length; length += 97)
            await Assert.ThrowsAsync<BackupDamagedException>(() => Read(archive[..length]));
        for (var cut = 1; cut < 40; cut++)
            await Assert.ThrowsAsync<BackupDamagedException>(() => Read(archive[..^cut]));
    }

    [Fact]
    public async Task Bytes_behind_the_end_are_refused() =>
        await Assert.ThrowsAsync<BackupDamagedException>(async () => await Read([.. await Archive(), 1, 2, 3, 4]));

    [Fact]
    public async Task A_tar_cut_before_it_was_packed_is_refused()
    {
        var tar = await Tar(index: true);
        foreach (var length in (int[])[0, 512, 700, tar.Length - 10_000, tar.Length - 1024])
            await Assert.ThrowsAsync<BackupDamagedException>(() => Read(Packed(tar[..Math.Max(0, length)])));
    }

    [Fact]
    public async Task What_is_no_backup_is_refused()
    {
        await Assert.ThrowsAsync<BackupDamagedException>(() => Read(Encoding.UTF8.GetBytes("no archive at all, though it is long enough")));
        await Assert.ThrowsAsync<BackupDamagedException>(() => Read(Packed(Encoding.UTF8.GetBytes(new string('x', 5000)))));
        await Assert.ThrowsAsync<BackupDamagedException>(async () => await Read(Packed(await Tar(index: false))));
    }

    [Fact]
    public async Task A_flipped_byte_is_refused()
    {
        var archive = await Archive();
        for (var at = 20; at < archive.Length; at += 131)
        {
            var changed = archive.ToArray();
            changed[at] ^= 0x10;
            await Assert.ThrowsAsync<BackupDamagedException>(() => Read(changed));
        }
    }

    private static Task<StoredObject> Read(byte[] archive) => BackupArchive.ReadToEnd(new MemoryStream(archive), CancellationToken.None);

    private static async Task<byte[]> Archive() => Packed(await Tar(index: true));

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain);
        return packed.ToArray();
    }

    private static async Task<byte[]> Tar(bool index)
    {
        using var plain = new MemoryStream();
        await using (var tar = new TarWriter(plain, TarEntryFormat.Pax, leaveOpen: true))
        {
            if (index) await tar.WriteEntryAsync(Entry(new PaxTarEntry(TarEntryType.RegularFile, "backup/index.yaml"), "name: web\n"u8.ToArray()));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "backup/container/rootfs/"));
            await tar.WriteEntryAsync(Entry(
                new PaxTarEntry(
                    TarEntryType.RegularFile,
                    $"backup/container/rootfs/{new string('a', 120)}/फ़ाइल",
                    new Dictionary<string, string> { ["SCHILY.xattr.user.note"] = "kept" }),
                RandomNumberGenerator.GetBytes(20_000)));
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.SymbolicLink, "backup/container/rootfs/link") { LinkName = "elsewhere" });
            await tar.WriteEntryAsync(Entry(new UstarTarEntry(TarEntryType.RegularFile, "backup/container/rootfs/empty"), []));
        }

        return plain.ToArray();
    }

    private static T Entry<T>(T entry, byte[] content)
        where T : TarEntry
    {
        entry.DataStream = new MemoryStream(content);
        return entry;
    }
}
