using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>Backup archives in the shape of LXD's: tar.gz with <c>backup/index.yaml</c> and the guest's files.</summary>
internal static class SandboxArchive
{
    private const string Index = "backup/index.yaml";
    private const string Root = "backup/container/rootfs";

    public static async Task Write(SandboxInstance instance, string file)
    {
        await using var to = File.Create(file);
        await using var packed = new GZipStream(to, CompressionLevel.Fastest);
        await using var tar = new TarWriter(packed);
        // JSON is YAML
        await Add(tar, Index, JsonSerializer.Serialize(new SandboxIndex(instance.Name, instance.Config, instance.Devices.ToJsonString())));
        foreach (var (path, text) in instance.Files.OrderBy(one => one.Key, StringComparer.Ordinal)) await Add(tar, Root + path, text);
    }

    /// <summary>Reads an archive to its end.</summary>
    /// <exception cref="InvalidDataException">It is cut off, or holds no index.</exception>
    public static async Task<(SandboxIndex Index, Dictionary<string, string> Files)> Read(string file)
    {
        if (!await EndsWell(file)) throw new InvalidDataException("gzip: stdin: unexpected end of file");
        await using var from = File.OpenRead(file);
        await using var packed = new GZipStream(from, CompressionMode.Decompress);
        await using var tar = new TarReader(packed);
        SandboxIndex? index = null;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            if (entry.Name == Index) index = JsonSerializer.Deserialize<SandboxIndex>(await text.ReadToEndAsync());
            else if (entry.Name.StartsWith(Root, StringComparison.Ordinal)) files[entry.Name[Root.Length..]] = await text.ReadToEndAsync();
        }

        return (index ?? throw new InvalidDataException("Backup is missing index.yaml"), files);
    }

    public static bool IsGzip(ReadOnlySpan<byte> head) => head.Length >= 2 && head[0] == 0x1f && head[1] == 0x8b;

    // a deflate stream cut at a block's end decompresses without complaint; the trailer holds the size
    private static async Task<bool> EndsWell(string file)
    {
        await using var from = File.OpenRead(file);
        if (from.Length < 18) return false;
        uint size = 0;
        var buffer = new byte[1 << 16];
        await using (var packed = new GZipStream(from, CompressionMode.Decompress, leaveOpen: true))
        {
            try
            {
                while (await packed.ReadAsync(buffer) is > 0 and var read) size += (uint)read;
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }

        from.Seek(-4, SeekOrigin.End);
        var trailer = new byte[4];
        await from.ReadExactlyAsync(trailer);
        return BitConverter.ToUInt32(trailer) == size;
    }

    private static async Task Add(TarWriter tar, string name, string text)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };
        await tar.WriteEntryAsync(entry);
    }
}

/// <summary>What an archive says of its instance.</summary>
internal sealed record SandboxIndex(string Name, Dictionary<string, string> Config, string Devices);
