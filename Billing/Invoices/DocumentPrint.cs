using Database;

namespace Billing.Invoices;

/// <summary>The PDF of a document: printed once, kept in the object store, encrypted with the account's key.</summary>
public sealed record DocumentPrint
{
    public TaxDocumentId DocumentId { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>The key in the object store.</summary>
    public string ObjectKey { get; init; } = "";

    /// <summary>Of the PDF's plain bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; init; } = "";

    public long Bytes { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset PrintedAt { get; init; }

    /// <summary>The print of a customer's document; null while it waits.</summary>
    public static Task<DocumentPrint?> Find(Db db, string accountId, TaxDocumentId id) =>
        db.One<DocumentPrint>(Sql.Find, new { AccountId = accountId, DocumentId = id });

    /// <summary>Keeps the print; false when the document already has one, which stays.</summary>
    public static async Task<bool> Keep(Tx tx, DocumentPrint print) => await tx.Execute(Sql.Keep, print) == 1;

    internal static class Sql
    {
        public const string Find = """
            select DocumentId, AccountId, ObjectKey, Sha256, Bytes, PrintedAt
            from DocumentPrint
            where AccountId = @AccountId and DocumentId = @DocumentId
            """;

        public const string Keep = """
            insert into DocumentPrint (DocumentId, AccountId, ObjectKey, Sha256, Bytes, PrintedAt)
            select @DocumentId, @AccountId, @ObjectKey, @Sha256, @Bytes, @PrintedAt
            where not exists (select 1 from DocumentPrint where AccountId = @AccountId and DocumentId = @DocumentId)
            """;
    }
}
