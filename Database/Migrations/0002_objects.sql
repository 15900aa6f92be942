-- room: Database/Objects

create table DataKey (
    Id varchar(30) not null constraint PK_DataKey primary key,
    AccountId varchar(30) not null,
    Version int not null,
    MasterKeyId varchar(20) not null,
    Wrapped varbinary(max) not null,
    CreatedAt datetime2(3) not null,
    constraint UQ_DataKey_AccountId unique (AccountId, Version)
);

create index IX_DataKey_MasterKeyId on DataKey (MasterKeyId);
