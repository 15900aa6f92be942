using System.Data.Common;

namespace Database;

/// <summary>
/// All that differs between the two engines: opening, DDL wording, error kinds, write transactions, the migration lock,
/// immutability triggers. Nothing above this class knows which engine runs.
/// </summary>
public abstract class Engine
{
    /// <summary>The engine's name as operators know it.</summary>
    public abstract string Name { get; }

    /// <summary>An open connection, ready for use; give it back with <see cref="Release"/>.</summary>
    public abstract ValueTask<DbConnection> Open();

    /// <summary>Gives a connection back; a broken one is thrown away.</summary>
    public abstract ValueTask Release(DbConnection connection, bool healthy);

    /// <summary>Runs a write transaction once: begin, body, commit; rolls back when the body throws.</summary>
    internal abstract Task<T> WriteOnce<T>(Func<Tx, Task<T>> body);

    /// <summary>Runs a transaction whose reads all see one state.</summary>
    internal abstract Task<T> SnapshotOnce<T>(Func<Tx, Task<T>> body);

    /// <summary>What an exception of the driver means.</summary>
    internal abstract Trouble Kind(Exception exception);

    /// <summary>The DDL statement in this engine's words.</summary>
    internal abstract string Ddl(string statement);

    /// <summary>Statements that make updates and deletes of the table fail.</summary>
    internal abstract IEnumerable<string> Immutable(string table);

    /// <summary>Does what must be done once when the database is opened for the first time (file, isolation settings).</summary>
    internal abstract Task Prepare();

    /// <summary>Runs the body while no other process migrates this database.</summary>
    internal abstract Task WithMigrationLock(Func<DbConnection, DbTransaction?, Task> body);

    /// <summary>Whether the table is there.</summary>
    internal abstract Task<bool> HasTable(DbConnection connection, DbTransaction? transaction, string table);

    /// <summary>A number that changes when another connection has committed, or null when the engine has none.</summary>
    internal virtual long? DataVersion() => null;
}

internal enum Trouble
{
    Other,
    Duplicate,
    ForeignKey,
    Busy,

    /// <summary>The connection broke: nothing was committed, another one may do better.</summary>
    Broken,
}

/// <summary>The connection broke while it committed: the change may have happened or not. Look before doing it again.</summary>
public sealed class CommitUnclearException(Exception inner) : Exception("The connection broke while the database committed.", inner);

/// <summary>The row breaks a unique key. Thrown out of a write after one retry, since a guarded insert may merely have raced.</summary>
public sealed class DuplicateKeyException(Exception inner) : Exception("The row breaks a unique key.", inner);

/// <summary>The row refers to one that does not exist, or is referred to.</summary>
public sealed class ForeignKeyException(Exception inner) : Exception("The row refers to one that does not exist.", inner);
