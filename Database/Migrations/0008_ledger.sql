-- room: Billing/Ledger
-- immutable: JournalEntry, Posting

create table JournalEntry (
    Id varchar(30) not null constraint PK_JournalEntry primary key,
    Occasion varchar(120) not null constraint UQ_JournalEntry_Occasion unique,
    Description nvarchar(200) not null,
    PostedAt datetime2(3) not null
);

create table Posting (
    EntryId varchar(30) not null constraint FK_Posting_JournalEntry references JournalEntry (Id),
    Line int not null,
    LedgerAccount varchar(60) not null,
    AccountId varchar(30) null,
    AmountPaise bigint not null constraint CK_Posting_NotZero check (AmountPaise <> 0),
    Currency varchar(3) not null,
    constraint PK_Posting primary key (EntryId, Line)
);

create index IX_Posting_Account on Posting (AccountId, LedgerAccount, EntryId);
create index IX_Posting_LedgerAccount on Posting (LedgerAccount);

create table WalletLock (
    AccountId varchar(30) not null constraint PK_WalletLock primary key,
    Turn bigint not null
);
