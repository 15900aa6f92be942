using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Database.Objects;

/// <summary>
/// Objects as files below a folder. A put writes a hidden file, forces it to the disk and renames it into place, so that readers
/// and a crash see the old object or the new one.
/// </summary>
public sealed class FileObjects : ObjectStore
{
    private const int BufferBytes = 128 * 1024;
    private const int Tries = 10;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private readonly string folder;
    private readonly string partial;
    private readonly TimeProvider clock;
    private int swept;

    /// <summary>The store below the folder, which is made when the first object comes.</summary>
    public FileObjects(string folder, TimeProvider clock)
    {
        this.folder = Path.GetFullPath(folder);
        partial = Path.Combine(this.folder, ".partial");
        this.clock = clock;
    }

    /// <inheritdoc/>
    public override async Task<StoredObject> Put(string key, Stream content, CancellationToken cancelled = default)
    {
        var file = PathOf(key);
        Directory.CreateDirectory(partial);
        SweepAbandoned();
        var temporary = Path.Combine(partial, Guid.NewGuid().ToString("n"));
        try
        {
            var stored = await Write(temporary, content, cancelled);
            Place(temporary, file);
            return stored;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public override Task<Stream> Open(string key, CancellationToken cancelled = default)
    {
        var file = PathOf(key);
        try
        {
            return Task.FromResult<Stream>(new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ObjectMissingException(key);
        }
    }

    /// <inheritdoc/>
    public override Task Delete(string key, CancellationToken cancelled = default)
    {
        var file = PathOf(key);
        var parent = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(parent)) return Task.CompletedTask;
        File.Delete(file);
        SyncFolder(parent);
        Prune(parent);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ListedObject> List(string prefix, [EnumeratorCancellation] CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await Task.CompletedTask;
        var cut = prefix.LastIndexOf('/');
        if (cut >= 0) Check(prefix[..cut]);
        var start = cut < 0 ? folder : PathOf(prefix[..cut]);
        if (!Directory.Exists(start)) yield break;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, MatchType = MatchType.Simple };
        foreach (var file in new DirectoryInfo(start).EnumerateFiles("*", options))
        {
            cancelled.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(folder, file.FullName);
            if (key[0] == '.' || !key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (Size(file) is { } bytes) yield return new ListedObject(key, bytes);
        }
    }

    // null: deleted while the list was read
    private static long? Size(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static async Task<StoredObject> Write(string file, Stream content, CancellationToken cancelled)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            await using var target = new FileStream(file, options);
            long bytes = 0;
            while (await content.ReadAsync(buffer, cancelled) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancelled);
                bytes += read;
            }

            target.Flush(flushToDisk: true);
            return new StoredObject(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Place(string temporary, string file)
    {
        var parent = Path.GetDirectoryName(file)!;
        for (var attempt = 1; ; attempt++)
        {
            Directory.CreateDirectory(parent);
            try
            {
                File.Move(temporary, file, overwrite: true);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < Tries)
            {
                // a delete has just pruned the folder
            }
        }

        for (var above = parent; above.Length >= folder.Length; above = Path.GetDirectoryName(above)!) SyncFolder(above);
    }

    private void Prune(string empty)
    {
        try
        {
            for (; empty.Length > folder.Length; empty = Path.GetDirectoryName(empty)!) Directory.Delete(empty);
        }
        catch (IOException)
        {
            // not empty: a neighbour is left, or has just come
        }
    }

    private void SweepAbandoned()
    {
        if (Interlocked.Exchange(ref swept, 1) == 1) return;
        var before = clock.GetUtcNow() - Abandoned;
        foreach (var file in new DirectoryInfo(partial).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before.UtcDateTime)) file.Delete();
    }

    private string PathOf(string key)
    {
        Check(key);
        return Path.Combine(folder, key);
    }

    // a rename is on the disk only when its folder is; Windows journals it by itself
    private static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = Native.Open([.. Encoding.UTF8.GetBytes(path), 0], 0);
        if (handle < 0) return;
        try
        {
            if (Native.Fsync(handle) != 0) throw new IOException($"The folder {path} could not be forced to the disk (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Native.Close(handle);
        }
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Fsync(int handle);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Close(int handle);
    }
}
